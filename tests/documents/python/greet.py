# There is nobody to ask: whoever plays the document has said it before.
import os

answer = os.environ.get("KSMPS_EXAMPLE_ANSWER", "a low note")
print("What is to be heard?")
