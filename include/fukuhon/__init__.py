"""fukuhon: registering copies (副本) of specific personal information in the intermediate server."""
