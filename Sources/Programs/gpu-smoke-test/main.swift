for argument in Arguments.all { print(argument) }
