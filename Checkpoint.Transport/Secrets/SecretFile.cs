using System.Security.Cryptography;

namespace Checkpoint.Transport.Secrets;

/// <summary>
/// The file of a <see cref="SharedSecret"/>: 64 hexadecimal digits. The first who needs it makes it; of several at once one does, and the
/// others read what that one wrote.
/// </summary>
public static class SecretFile
{
    private const int FileBytesMax = 256;

    /// <summary>Owner reads and writes, group reads.</summary>
    private const UnixFileMode OwnMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;

    /// <summary>Reads it, or makes it when it is not there.</summary>
    /// <exception cref="IOException">It is neither there nor can it be made, or it holds no secret, or more may read or change it than its group.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static SharedSecret ReadOrMake(string path) => File.Exists(path) ? Read(path) : Make(path);

    /// <inheritdoc cref="ReadOrMake" path="/exception"/>
    public static SharedSecret Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
            throw new IOException($"{path} may be read or changed by others than its owner and its group: chmod 640 {path}");
        var text = new byte[FileBytesMax];
        var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        try
        {
            return new SharedSecret(Convert.FromHexString(System.Text.Encoding.ASCII.GetString(text, 0, length).Trim()));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new IOException($"{path} holds no secret, which is {2 * SharedSecret.Bytes} hexadecimal digits", e);
        }
    }

    private static SharedSecret Make(string path)
    {
        // Written whole under another name and then linked: nobody ever reads a half of it, and only one link of that name can be made.
        var making = $"{path}.{Path.GetRandomFileName()}";
        var key = RandomNumberGenerator.GetBytes(SharedSecret.Bytes);
        try
        {
            using (var file = new FileStream(making, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnMode,
            }))
                file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key) + "\n"));
            // The mask of the process may have taken the group's right away.
            File.SetUnixFileMode(making, OwnMode);
            File.Move(making, path, overwrite: false);
            return new SharedSecret(key);
        }
        catch (IOException) when (File.Exists(path))
        {
            return Read(path);
        }
        finally
        {
            File.Delete(making);
        }
    }
}
