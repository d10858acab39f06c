"""A case and a network of one's own.

case_sketch     a case in few words: what a form can ask
case_form       the questions of the form
answers         how an answer is read, or refused
case_template   `case new`: the commented case file
case_check      `case check`: a case file as runs and reports would meet it
networks        `network`: what a network is like, beside what was asked and measured
"""
