internal import FoundationEssentials

/// A file of the image that Windows shows: the icon and the Terminal profile.
public enum ShownFile {
  /// What is wrong with an icon of these bytes, to follow its path; nil for a good one.
  public static func faultOfIcon(_ bytes: [UInt8]) -> String? {
    // ICONDIR: reserved, and the type of an icon.
    bytes.starts(with: [0, 0, 1, 0]) ? nil : "is not an icon (.ico)"
  }

  /// The same of a profile. Windows Terminal's own file may have comments, but WSL parses a profile as
  /// plain JSON, and one that it cannot read it leaves out.
  public static func faultOfProfile(_ bytes: [UInt8]) -> String? {
    do {
      _ = try JSONDecoder().decode(Profile.self, from: Data(bytes))
      return nil
    } catch is DecodingError {
      return "is not a JSON object with an array `profiles` of objects"
    } catch {
      return "is not JSON"
    }
  }

  private struct Profile: Decodable {
    struct Object: Decodable {
      private enum Key: CodingKey {}

      init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }
    }

    let profiles: [Object]
  }
}
