"""What the public gets: the feed, pages, embeds, search; moving a show in and out."""
