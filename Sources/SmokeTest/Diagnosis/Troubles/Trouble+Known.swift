internal import Accelerators

extension Trouble {
  /// What ``Explanations`` has for `code`, with the values in their places.
  @inline(never)
  init(_ code: String, _ first: String, _ second: String, _ third: String = "") {
    self.init(code, in: Explanations.text, first, second, third)
  }

  // A default value is code at each call.
  @inline(never)
  init(_ code: String, _ first: String) { self.init(code, first, "") }

  @inline(never)
  init(_ code: String) { self.init(code, "") }
}

extension Outcome {
  @inline(never)
  static func failed(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .failed(trouble), facts.all)
  }

  @inline(never)
  static func warned(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .warned(trouble), facts.all)
  }

  @inline(never)
  static func absent(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .absent(trouble), facts.all)
  }

  @inline(never)
  static func passed(_ stage: Stage, _ facts: Facts) -> Outcome {
    Outcome(stage, .passed, facts.all)
  }
}
