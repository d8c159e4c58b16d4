#if hasFeature(Embedded)
  import CTexts

  /// A long text that the build for the images packed, called by its source's name.
  @inline(never)
  public func packedText(_ name: StaticString) -> String {
    let name = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    return unsafe String(optionalCString: texts_find(name))
  }
#endif
