"""What the corpus is made of: words, objects, schemas, charts and scripts, all from seeds."""
