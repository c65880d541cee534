"""What is inside an audio file: measured, levelled, drawn, tagged."""
