"""Our own multilingual encoder: texts of 25 languages in the space of the packaged English one.

A static model: each word and character n-gram of a text has a vector, their sum passes one small layer. It
was trained to give what the packaged encoder gives for the same text in English (`train`), so one index
serves all languages. `student` runs it with numpy alone; MODEL_CARD.md tells what it can do and from what
it was made.
"""
