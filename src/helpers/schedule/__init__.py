"""When reports appear, and who hears of it when they do not."""
