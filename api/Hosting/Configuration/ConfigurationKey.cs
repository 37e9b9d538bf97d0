namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>What one source of configuration says at a key.</summary>
/// <param name="Source">The file, variable or switch, for errors.</param>
/// <param name="Text">The value at the key itself; null when there are only values below it.</param>
/// <param name="Below">The values below it by the rest of their path: <c>0</c> for an element of a list.</param>
internal sealed record ConfiguredValue(string Source, string? Text, IReadOnlyList<KeyValuePair<string, string>> Below);

/// <summary>One key: where it stands, what it means, how it is read and printed.</summary>
internal abstract record ConfigurationKey(string Path, string Meaning)
{
    /// <summary>The range, as it follows "must be".</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether <paramref name="below"/>, the rest of a path, may stand under this key.</summary>
    public abstract bool Takes(string below);

    /// <summary>The text that stands for the present value.</summary>
    public abstract string Print(AppOptions options);

    /// <summary>The value is nobody's to see but how many there are of it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The same text, without secrets.</summary>
    public string PrintPublic(AppOptions options)
    {
        string text = Print(options);
        return IsSecret && text != Print(new AppOptions()) ? $"{text.Split(',').Length} hidden" : text;
    }

    /// <summary>Reads the value into <paramref name="options"/>; every error in it.</summary>
    public abstract IEnumerable<string> Apply(AppOptions options, ConfiguredValue value);

    /// <summary>Makes a path absolute.</summary>
    public virtual void Root(AppOptions options, string contentRoot)
    {
    }

    protected string MustBe(string path, string text, string source) => $"{path} must be {Allowed}, not '{text}' ({source})";
}

/// <summary>A key with one value; null prints as <paramref name="WhenNull"/>.</summary>
internal sealed record ScalarKey<T>(
    string Path, ValueKind<T> Kind, Func<AppOptions, T?> Get, Action<AppOptions, T> Set, string Meaning, string WhenNull = "none")
    : ConfigurationKey(Path, Meaning)
{
    public override string Allowed => Kind.Allowed;

    public override bool Takes(string below) => false;

    public override string Print(AppOptions options) => Get(options) is { } value ? Kind.Write(value) : WhenNull;

    public override IEnumerable<string> Apply(AppOptions options, ConfiguredValue value)
    {
        if (value.Text is not { } text) return [];
        if (!Kind.Read(text.Trim(), out T? read)) return [MustBe(Path, text, value.Source)];
        Set(options, read);
        return [];
    }
}

/// <summary>A key whose value is a path: relative ones start at the content root.</summary>
internal sealed record PathKey(
    string Path, Func<AppOptions, string?> Get, Action<AppOptions, string> Set, string Meaning, string WhenNull = "none")
    : ConfigurationKey(Path, Meaning)
{
    public override string Allowed => "a path";

    public override bool Takes(string below) => false;

    public override string Print(AppOptions options) => Get(options) ?? WhenNull;

    public override IEnumerable<string> Apply(AppOptions options, ConfiguredValue value)
    {
        if (string.IsNullOrWhiteSpace(value.Text)) return [MustBe(Path, "", value.Source)];
        Set(options, value.Text);
        return [];
    }

    public override void Root(AppOptions options, string contentRoot)
    {
        if (Get(options) is { } path) Set(options, System.IO.Path.GetFullPath(path, contentRoot));
    }
}

/// <summary>A list: indexed values, or one value with commas. What is configured stands in the stead of the default.</summary>
/// <param name="Off">The word for an empty list, beside an empty value.</param>
internal sealed record ListKey<T>(
    string Path, ValueKind<T> Kind, Func<AppOptions, IReadOnlyList<T>?> Get, Action<AppOptions, IReadOnlyList<T>> Set, string Meaning,
    string WhenNull = "none", string Off = "none", bool ArePaths = false) : ConfigurationKey(Path, Meaning)
{
    public override string Allowed => $"{Kind.Allowed} (a list: commas, or indexed); or {Off}";

    public override bool Takes(string below) => int.TryParse(below, out int index) && index >= 0;

    public override string Print(AppOptions options) => Get(options) switch
    {
        null => WhenNull,
        [] => Off,
        var list => string.Join(',', list.Select(Kind.Write)),
    };

    public override IEnumerable<string> Apply(AppOptions options, ConfiguredValue value)
    {
        var items = new List<T>();
        var errors = new List<string>();
        foreach ((string path, string text) in Elements(value))
        {
            if (!Kind.Read(text, out T? item)) errors.Add(Kind.Refuse(path, text, value.Source, Allowed));
            else if (items.Contains(item)) errors.Add($"{path}: '{text}' stands twice ({value.Source})");
            else items.Add(item);
        }

        if (errors.Count == 0) Set(options, items);
        return errors;
    }

    public override void Root(AppOptions options, string contentRoot)
    {
        if (ArePaths && this is ListKey<string> paths)
            paths.Set(options, [.. paths.Get(options)!.Select(path => System.IO.Path.GetFullPath(path, contentRoot))]);
    }

    private IEnumerable<(string Path, string Text)> Elements(ConfiguredValue value)
    {
        if (value.Below.Count > 0)
            return value.Below.OrderBy(item => int.Parse(item.Key)).Select(item => ($"{Path}:{item.Key}", item.Value.Trim()));
        string text = value.Text!.Trim();
        bool off = text.Length == 0 || text.Equals(Off, StringComparison.OrdinalIgnoreCase);
        return off ? [] : text.Split(',', StringSplitOptions.TrimEntries).Select(item => (Path, item));
    }
}

/// <summary>Words of the operator's own below the key, each with a value or a list of them.</summary>
internal sealed record MapKey<T>(
    string Path, string Words, ValueKind<string> Word, ValueKind<T> Kind,
    Func<AppOptions, IReadOnlyDictionary<string, IReadOnlyList<T>>> Get,
    Action<AppOptions, IReadOnlyDictionary<string, IReadOnlyList<T>>> Set, string Meaning) : ConfigurationKey(Path, Meaning)
{
    public override string Allowed => Kind.Allowed;

    public override bool Takes(string below) => true;

    public override string Print(AppOptions options)
    {
        IEnumerable<string> pairs = Get(options).Select(pair => $"{pair.Key}={string.Join(',', pair.Value.Select(Kind.Write))}");
        return string.Join(' ', pairs) is { Length: > 0 } text ? text : "none";
    }

    public override IEnumerable<string> Apply(AppOptions options, ConfiguredValue value)
    {
        var errors = new List<string>();
        var map = new Dictionary<string, IReadOnlyList<T>>(StringComparer.OrdinalIgnoreCase);
        if (!string.IsNullOrEmpty(value.Text)) errors.Add($"{Path} needs {Words} below it, {Path}:{Words}=value ({value.Source})");
        foreach (var entry in value.Below.GroupBy(pair => pair.Key.Split(':')[0], StringComparer.OrdinalIgnoreCase))
        {
            string path = $"{Path}:{entry.Key}";
            if (!Word.Read(entry.Key, out _)) errors.Add($"{path}: '{entry.Key}' must be {Word.Allowed} ({value.Source})");
            var items = new List<T>();
            foreach (string text in entry.SelectMany(pair => pair.Value.Split(',', StringSplitOptions.TrimEntries)))
            {
                if (Kind.Read(text, out T? item)) items.Add(item);
                else errors.Add(MustBe(path, text, value.Source));
            }

            map[entry.Key] = items;
        }

        if (errors.Count == 0) Set(options, map);
        return errors;
    }
}
