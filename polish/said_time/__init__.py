"""Days and hours that a sentence names; ``polish.said_time.said`` reads them."""
