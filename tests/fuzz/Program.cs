using System.Diagnostics;
using System.Globalization;
using KubeDoH.Tests.Fuzz;
using SharpFuzz;

// fuzz TARGET: one input after the other from the fuzzer that started this process; seed FOLDER: the first inputs;
// try TARGET FILE...: each file once, without a fuzzer; hostile SECONDS SEED: spoilt inputs without one, 0 seconds for no end.
switch (args)
{
    case ["fuzz", var name]:
        FuzzTarget aim = FuzzTargets.Find(name);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            aim.Run(input.ToArray());
        });
        return 0;
    case ["seed", var folder]:
        Corpus.Write(folder);
        return 0;
    case ["try", var name, .. var files]:
        foreach (string file in files) FuzzTargets.Find(name).Run(File.ReadAllBytes(file));
        return 0;
    case ["hostile", var seconds, var seed]:
        return Hostile(int.Parse(seconds, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine("fuzz TARGET, seed FOLDER, try TARGET FILE... or hostile SECONDS SEED; targets: "
            + $"{string.Join(' ', FuzzTargets.All.Select(t => t.Name))}");
        return 2;
}

// Runs spoilt inputs; every one that breaks a promise is kept and told, and the next run goes on with another seed.
static int Hostile(int seconds, int seed)
{
    var clock = Stopwatch.StartNew();
    long total = 0;
    int found = 0;
    bool Enough() => seconds > 0 && clock.Elapsed.TotalSeconds >= seconds;
    while (!Enough())
    {
        var run = new HostileRun(seed);
        (FuzzTarget Target, byte[] Input, Exception Why)? finding = run.Run(() => run.Count >= 1_000_000 || Enough());
        total += run.Count;
        if (finding is { } broken)
        {
            found++;
            Console.WriteLine($"seed {seed}, input {run.Count}: {broken.Target.Name}: {broken.Why.Message}");
            Console.WriteLine($"kept as {Findings.Keep(broken.Target.Name, broken.Input)}");
        }

        seed = unchecked(seed + 1) & int.MaxValue;
        Console.WriteLine($"{total} inputs in {clock.Elapsed.TotalSeconds:f0} s, {found} findings, next seed {seed}");
    }

    return found > 0 ? 1 : 0;
}
