"""A site that is begun: what is asked, what the sources show, which column fits which item, and what is written."""
