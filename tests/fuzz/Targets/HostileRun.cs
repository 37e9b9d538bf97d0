using System.Globalization;
using System.Text;

namespace KubeDoH.Tests.Fuzz;

/// <summary>
/// Hostile inputs one after the other, the same for the same seed: messages written and read back, messages spoilt, and spoilt
/// inputs of every other target.
/// </summary>
internal sealed class HostileRun
{
    /// <summary>Of the spoilt inputs, one in so many is for a target that reads no messages; the others are cheap and many.</summary>
    private const int OneInText = 8;

    private readonly Random _random;
    private readonly RandomMessages _messages;
    private readonly Mutation _mutation;
    private readonly (FuzzTarget Target, byte[][] Inputs)[] _texts;

    public HostileRun(int seed)
    {
        _random = new Random(seed);
        _messages = new RandomMessages(_random);
        _mutation = new Mutation(_random);
        _texts = [.. FuzzTargets.All.Select(target => (target, Corpus.Inputs(target.Name).Where(input => input.Length < 4096).ToArray()))];
    }

    public int Count { get; private set; }

    /// <summary>What runs now, or ran last.</summary>
    public (FuzzTarget Target, byte[] Input)? Current { get; private set; }

    /// <summary>The next input and the target that it is for.</summary>
    public (FuzzTarget Target, byte[] Input) Next() => (Count++ % 4) switch
    {
        0 => (FuzzTargets.Find("written"), Encoding.ASCII.GetBytes(_random.Next().ToString(CultureInfo.InvariantCulture))),
        1 => (FuzzTargets.Find("query"), _mutation.Spoil(_messages.Question(), _messages.Question())),
        2 => (FuzzTargets.Find("reply"), _mutation.Spoil(_messages.Reply(), _messages.Reply())),
        _ when _random.Next(OneInText) > 0 => (FuzzTargets.Find("reply"), _messages.Reply()),
        _ => Text(),
    };

    /// <summary>Runs inputs until <paramref name="enough"/>; the first that breaks a promise ends it.</summary>
    public (FuzzTarget Target, byte[] Input, Exception Why)? Run(Func<bool> enough)
    {
        while (!enough())
        {
            (FuzzTarget target, byte[] input) = Next();
            Current = (target, input);
            try
            {
                target.Run(input);
            }
            catch (Exception e)
            {
                return (target, input, e);
            }
        }

        return null;
    }

    private (FuzzTarget Target, byte[] Input) Text()
    {
        (FuzzTarget target, byte[][] inputs) = _texts[_random.Next(_texts.Length)];
        byte[] Any() => inputs[_random.Next(inputs.Length)];
        return (target, _mutation.Spoil(Any(), Any()));
    }
}
