print('the answer is "%s"' % answer)
