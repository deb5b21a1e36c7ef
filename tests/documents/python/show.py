print(message)
