using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>What names a question and from where it is seen, for operations that ask one on behalf of a person.</summary>
internal static class QuestionParameters
{
    public static OperationDraft Question(this OperationDraft draft) => draft
        .Query("name", OperationDraft.Text, "A domain name; its last dot says that it is complete.", "secco", required: true)
        .Query("type", OperationDraft.Text, "A record type: a mnemonic, TYPE65 or a number; A when left out.", "AAAA")
        .Query("ns", OperationDraft.Text, "The namespace that the name is seen from.", "dns-playground")
        .Query(
            "pod", OperationDraft.Text, "The pod that the name is seen from: its namespace, a slash, its name.",
            "dns-playground/secco-cff76b474-kzqcp")
        .Query(
            "search", OperationDraft.Text, "`0`: no search domains; `1`: those of the view, as without it; else a comma list of them.", "0")
        .Query(
            "ndots", OperationDraft.Number(0, ClientView.MaxNdots), "A name with fewer dots is looked for in the search domains first.", 5);
}
