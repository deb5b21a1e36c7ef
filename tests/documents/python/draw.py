message = "a note's own number: %f" % random.random()
