import Needs
import Platform
import Testing

/// `.ci/share-calls`, which makes the code of amd64's programs smaller: what a program does stays.
@Suite struct SharedCallsTests {
  #if arch(x86_64)
    private static let isForThisMachine = true
  #else
    private static let isForThisMachine = false
  #endif

  private static let script =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.ci/share-calls"

  /// The code that is gone over.
  private static let callers = """
    long note(long, long, long);
    long wide(long, long, long, long, long, long, long, long);
    long sum(const long *, long);
    void seen(long);
    void swift_release(long *);
    void swift_retain(long *);
    int puts(const char *);

    #define TWICE(x) x x
    #define EIGHT_TIMES(x) TWICE(TWICE(TWICE(x)))

    // What is shared: loads and constants before a call, and counting calls among them.
    long counted(long *object, long *other, long x) {
      EIGHT_TIMES(swift_retain(other); x += note(object[3], 7, x);)
      EIGHT_TIMES(swift_release(object); note(object[1], 8, 5);)
      return x;
    }

    // What must stay: what is above the stack's end, an address on it, arguments in it.
    long stacked(long *object, long x) {
      long local[4] = {x, 1, 2, 3};
      volatile long other = x;
      EIGHT_TIMES(local[1] += sum(local, 4); x += wide(1, 2, 3, 4, 5, object[1], x, local[1]);)
      EIGHT_TIMES(seen(other);)
      return x + local[1];
    }

    // Ways in between, and calls at the end.
    long branching(long *object, long *other, long x) {
      EIGHT_TIMES(if (x & 1) object = other; x = note(object[2], 9, x); if (x > 1000) x /= 3;)
      return x;
    }
    long ending(long *object, long x) { return note(object[3], 7, x); }
    long ending_too(long *object, long x) { return note(object[3], 7, x + 1); }

    void texts(void) {
      EIGHT_TIMES(puts("# 1: not a # comment");)
    }
    """

  /// What it calls: each function says what it was given, and how the stack stood.
  private static let callees = """
    #include <stdint.h>
    #include <stdio.h>

    long counted(long *, long *, long), stacked(long *, long), branching(long *, long *, long);
    long ending(long *, long), ending_too(long *, long);
    void texts(void);

    // The stack of each call is aligned as the convention wants it.
    #define SAY(...) printf("%d ", (int)((uintptr_t)__builtin_frame_address(0) % 16)), printf(__VA_ARGS__)

    long note(long a, long b, long c) { SAY("note %ld %ld %ld\\n", a, b, c); return a + 3 * b; }
    long wide(long a, long b, long c, long d, long e, long f, long g, long h) {
      SAY("wide %ld %ld %ld %ld %ld %ld %ld %ld\\n", a, b, c, d, e, f, g, h);
      return a + b + c + d + e + f + g;
    }
    long sum(const long *numbers, long count) {
      long all = 0;
      for (long i = 0; i < count; i++) all += numbers[i];
      SAY("sum %ld\\n", all);
      return all % 1000;
    }
    void seen(long a) { SAY("seen %ld\\n", a); }
    void swift_release(long *object) { SAY("release %ld\\n", --object[0]); }
    void swift_retain(long *object) { SAY("retain %ld\\n", ++object[0]); }

    int main(void) {
      long one[4] = {100, 2, 3, 4}, two[4] = {200, 5, 6, 7};
      printf("%ld\\n", counted(one, two, 1));
      printf("%ld\\n", stacked(one, 2));
      for (long x = 0; x < 5; x++) printf("%ld\\n", branching(one, two, x));
      printf("%ld %ld\\n", ending(one, 3), ending_too(two, 4));
      texts();
    }
    """

  @Test(.needs("amd64", if: isForThisMachine), .needs(program: "clang"), .needs(program: "size"))
  func theCodeIsSmallerAndDoesTheSame() throws {
    let root = FakeRoot()
    try root.write("/callers.c", Self.callers)
    try root.write("/callees.c", Self.callees)
    let result = try Process.run(
      "/bin/sh",
      [
        "-ec",
        """
        cd "$1"
        clang -fno-pic -Oz -g -fomit-frame-pointer -S callers.c -o plain.s
        "$0" < plain.s > shared.s
        for name in plain shared; do
          clang -no-pie -O0 -fno-omit-frame-pointer callees.c $name.s -o $name
          clang -c $name.s
          ./$name > $name.said || echo "$name ended with $?"
        done
        cmp plain.said shared.said && echo same
        ! grep -q debug_ shared.s && echo plain
        grep -c 'callq.shared_call_' shared.s
        grep -A 1 'pushq.%rax$' shared.s | grep -c 'callq.swift_release'
        size plain.o shared.o | awk 'NR > 1 {print $1}'
        """, Self.script, root.path,
      ], environment: ["PATH": Needs.variable("PATH")])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 6 && lines.prefix(2) == ["same", "plain"], "\(result.output)")
    let numbers = lines.dropFirst(2).compactMap { Int($0) }
    // Calls that are shared, those that count references among them, and the bytes before and after.
    #expect(numbers[0] > 20 && numbers[1] > 0, "\(result.output)")
    #expect(numbers[3] < numbers[2] * 3 / 4, "\(result.output)")
  }
}
