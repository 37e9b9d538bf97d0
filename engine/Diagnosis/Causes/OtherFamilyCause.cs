using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>Addresses of one family were asked for, and only those of the other are there: NODATA, and nothing is wrong.</summary>
internal sealed class OtherFamilyCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (@case is not { HasRecords: false, Type: RecordType.A or RecordType.AAAA, Answer.Rcode: Rcode.NoError }) return null;
        RecordType other = @case.Type == RecordType.A ? RecordType.AAAA : RecordType.A;
        Answer answer = await @case.AskAsync(@case.Name, other, @case.View, cancellationToken).ConfigureAwait(false);
        if (!answer.HasRecords) return null;
        string asked = RecordTypeText.Write(@case.Type), there = RecordTypeText.Write(other);
        return new Finding("other-family", FindingWeight.Hint,
            $"{@case.Resolved} has {there} records and no {asked}: \"no data\" is the right answer, and clients take the other.")
        {
            Evidence = Case.RecordsOf(answer, @case.Name),
            Try = [@case.Explain(@case.Name.ToString().TrimEnd('.'), other)],
        };
    }
}
