"""The ground floor of the house: shows, episodes, speakers, topics, audio, artwork, chapters."""
