using System.Globalization;
using System.Reflection;

namespace Ciaos.Bench;

/// <summary>Shows a property as a column of a table. One without this is in the JSON alone.</summary>
/// <param name="format">Of numbers.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ColumnAttribute(string head, string format = "N0") : Attribute
{
    public string Head { get; } = head;

    public string Format { get; } = format;
}

/// <summary>Figures as lines of a table in Markdown.</summary>
internal static class BenchTable
{
    public static string HeadOf(Type figures)
    {
        var columns = ColumnsOf(figures);
        return Line(columns.Select(column => column.Told.Head)) + "\n"
            + Line(columns.Select(column => column.Shown.PropertyType == typeof(string) ? "---" : "---:"));
    }

    public static string LineOf(object figure) => Line(ColumnsOf(figure.GetType()).Select(column =>
        column.Shown.GetValue(figure) switch
        {
            null => "",
            IFormattable number => number.ToString(column.Told.Format, CultureInfo.InvariantCulture),
            var text => text.ToString()!,
        }));

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static List<(PropertyInfo Shown, ColumnAttribute Told)> ColumnsOf(Type figures) => figures.GetProperties()
        .Select(property => (property, property.GetCustomAttribute<ColumnAttribute>()!))
        .Where(column => column.Item2 is not null)
        .ToList();
}
