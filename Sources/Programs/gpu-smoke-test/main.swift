import Platform

for argument in Surroundings.arguments { Terminal.output.write(argument + "\n") }
