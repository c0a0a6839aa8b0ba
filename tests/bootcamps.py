"""A catalogue of more offers than one reply shows, with dates that are long to come."""

OFFERS = 13
WEB_PAGE = (
    '<!DOCTYPE html><html lang="en"><title>Robot bootcamps</title><h1>Robot bootcamps</h1>'
    + "".join(
        f"<h2>Robot bootcamp {number}</h2><p>Kind: bootcamp</p><p>Provider: Robot school</p>"
        f"<p>City: Sopot</p><p>Country: Poland (PL)</p><p>Language: Polish (pl)</p>"
        f"<p>Deadline: {number} May 2097</p>"
        f"<p>Web page: https://robots.example/{number}</p>"
        for number in range(1, OFFERS + 1)
    )
    + "</html>"
)
QUESTION = "Which bootcamps are there?"
EMPTY = "Which apprenticeships are there?"
