/// A text that equals another byte by byte, as ids and names do in the engine. Two `String`s are equal also if they only spell a
/// letter otherwise (é as one scalar or as two), and are two names here.
package struct ExactText: Hashable, Comparable, Sendable {
  /// The text itself.
  package var string: String

  /// Of any text.
  package init(_ string: some StringProtocol) { self.string = String(string) }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  package static func < (left: ExactText, right: ExactText) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // No byte of UTF-8: where one text ends and the next begins is a part of what is hashed.
    hasher.combine(UInt8.max)
  }
}

extension ExactText: ExpressibleByStringLiteral {
  package init(stringLiteral string: String) { self.string = string }
}
