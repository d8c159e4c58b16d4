import Digests
import FileSystem
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct AdmissionTests {
  private let content = Array("the bytes of an artifact".utf8)
  private var digest: SHA256Digest { SHA256Digest(of: content) }

  private func admit(
    _ store: Store, _ download: (Admission) async throws(StoreError) -> Void
  ) async throws(StoreError) -> FilePath {
    try await store.admit(digest, size: Int64(content.count), failure: { $0 }, download: download)
  }

  private func append(
    _ bytes: some Sequence<UInt8>, to admission: Admission
  ) throws(StoreError) {
    let bytes = Array(bytes)
    try unsafe admission.append(bytes.span.bytes)
  }

  private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
    do { try await body() } catch { return (error as? StoreError)?.code }
    return nil
  }

  @Test func publishesWhatIsWhole() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      #expect(store.artifact(digest) == nil)
      let path = try await admit(store) { (admission) throws(StoreError) in
        try append(content.prefix(5), to: admission)
        try append(content.dropFirst(5), to: admission)
      }
      #expect(try Files.read(path) == content)
      #expect(store.artifact(digest) == path)
      #expect(try Files.entries(folder.appending("partial")) == [])
      let again = try await admit(store) { _ in Issue.record("it is there already") }
      #expect(again == path)
    }
  }

  @Test func refusesOtherBytesAndLeavesNothing() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let wrong = await code {
        _ = try await admit(store) { (admission) throws(StoreError) in
          try append(content.map { ~$0 }, to: admission)
        }
      }
      #expect(wrong == .digestMismatch)
      #expect(store.artifact(digest) == nil && store.partialSize(digest) == 0)
    }
  }

  @Test func holdsTheSizeWhileItStreams() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let long = await code {
        _ = try await admit(store) { (admission) throws(StoreError) in
          try append(content + [0], to: admission)
        }
      }
      #expect(long == .sizeMismatch && store.partialSize(digest) == 0)
      let short = await code {
        _ = try await admit(store) { (admission) throws(StoreError) in
          try append(content.dropLast(), to: admission)
        }
      }
      #expect(short == .sizeMismatch)
    }
  }

  @Test func goesOnAfterACut() async throws {
    struct Cut: Error {}
    try await withTemporaryFolder { folder in
      let first = try Store(root: folder)
      await #expect(throws: StoreError.self) {
        _ = try await admit(first) { (admission) throws(StoreError) in
          try append(content.prefix(7), to: admission)
          try admission.begin(at: 99)
        }
      }
      let second = try Store(root: folder)
      #expect(second.partialSize(digest) == 7)
      let path = try await admit(second) { (admission) throws(StoreError) in
        #expect(admission.offset == 7)
        try admission.begin(at: 7)
        try append(content.dropFirst(7), to: admission)
      }
      #expect(try Files.read(path) == content)
    }
  }

  @Test func beginsAgainWhereTheServerDoes() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      try Files.write("rubbish", to: folder.appending("partial/\(digest.hex)"))
      let path = try await admit(store) { (admission) throws(StoreError) in
        try admission.begin(at: 0)
        try append(content, to: admission)
      }
      #expect(try Files.read(path) == content)
    }
  }

  @Test func oneWorksAndTheOthersWait() async throws {
    try await withTemporaryFolder { folder in
      let counter = Counter()
      try await withThrowingTaskGroup(of: FilePath.self) { group in
        for _ in 0..<8 {
          // Each opens the store for itself, as so many kilns would.
          group.addTask {
            try await admit(try Store(root: folder)) { (admission) async throws(StoreError) in
              await counter.increase()
              try? await Task.sleep(for: .milliseconds(50))
              try append(content, to: admission)
            }
          }
        }
        for try await path in group { #expect(try Files.read(path) == content) }
      }
      #expect(await counter.value == 1)
    }
  }

  @Test func takesLocalFiles() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      let file = folder.appending("file.deb")
      try Files.write(content, to: file)
      let admitted = try await store.admit(file: file)
      #expect(admitted.digest == digest && admitted.size == Int64(content.count))
      #expect(try Files.read(admitted.path) == content && Files.exists(file))
      #expect(try await store.admit(file: file, expected: digest).path == admitted.path)
      let other = SHA256Digest(ofText: "other")
      let wrong = await code { _ = try await store.admit(file: file, expected: other) }
      #expect(wrong == .digestMismatch)
      let absent = await code { _ = try await store.admit(file: folder.appending("none")) }
      #expect(absent == .file)
    }
  }

  private actor Counter {
    var value = 0
    func increase() { value += 1 }
  }
}
