internal import FileSystem
public import Images
public import SystemPackage

/// What is known of a finished image from the manifest beside it.
public enum ImageInspection {
  public static func inventory(of image: FilePath) throws(BuildError) -> ImageInventory {
    ImageInventory(try manifest(of: image))
  }

  static func manifest(of image: FilePath) throws(BuildError) -> Manifest {
    let path = Manifest.path(beside: image)
    guard Files.exists(path) else {
      guard Files.exists(image) else {
        throw BuildError(
          .noImage, image.string, "there is no such image",
          remedy: "name an image that kiln built, relative to the working folder or absolute")
      }
      throw BuildError(
        .noImage, image.string, "there is no manifest beside the image",
        reason: "\(path) does not exist",
        remedy: "name an image that kiln built, with its .manifest.json in the same folder")
    }
    do throws(ImageError) { return try Manifest.read(path) } catch {
      throw BuildError(error, in: image.string)
    }
  }
}
