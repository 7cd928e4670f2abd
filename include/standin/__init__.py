"""The stand-in 自治体中間サーバー: an HTTP server of its own, written from the seed without a look at the library."""
