using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Tests.Fuzz;

/// <summary>The text of an import, behind a line that says its form: it says entries and sentences, or is refused with one.</summary>
internal static class ImportTarget
{
    public static void Read(byte[] input)
    {
        int end = Array.IndexOf(input, (byte)'\n');
        if (end < 0 || !Enum.TryParse(System.Text.Encoding.ASCII.GetString(input, 0, end), out TransferForm form)) return;
        var text = new ArraySegment<byte>(input, end + 1, input.Length - end - 1);
        int lines = text.Count(octet => octet == '\n') + 1;
        var import = new EntryImport(null);
        if (ImportTexts.Read(form, text, null, import) is { } fault)
        {
            Broken.If(fault.Reason.Length == 0, "refused without a word");
            return;
        }

        Broken.If(import.Skipped.Any(skipped => skipped.Line < 1 || skipped.Line > lines || skipped.Reason.Length == 0),
            "a problem names no place or no reason");
        Broken.If(import.Entries.Any(entry => entry.Line < 1 || entry.Line > lines), "an entry is of no line");
    }
}
