"""What a reader takes away: a reply or a list of records as a Word document, a table or a calendar.

    Answer, Found ─▶ paper ─▶ word | table | dates ─▶ TakeAway (bytes, media type, file name)

paper     what is taken away, whatever its format: title, text, entries with labelled fields, numbered sources
outline   the Markdown of a reply as paragraphs and lists, for programs that show no Markdown
word      DOCX
table     CSV
dates     iCalendar
formats   the formats by name, and the file that a paper becomes

Text of documents and readers is data: it is written as text, links are made of http and https addresses only.
"""
