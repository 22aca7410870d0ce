package io.millrace.cli.log;

import io.millrace.cli.output.Json;
import io.millrace.cli.output.OutputOption;
import io.millrace.log.disk.RealDisk;
import io.millrace.log.inspect.DumpItem;
import io.millrace.log.inspect.LogDump;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace log dump`: every batch, and with `--records` every record.
@Command(
        name = "dump",
        description = "Print the batches of a partition's folder, and its producers.",
        mixinStandardHelpOptions = true,
        footer = {"", "millrace log dump data/greetings-0 --records"})
final class DumpLog implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "Of one partition, or a log directory with many.")
    private Path folder = Path.of("");

    @Option(
            names = {"-r", "--records"},
            description = "Records too, with key and value as text.")
    private boolean records;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        var disk = new RealDisk();
        for (Path partition : PartitionFolders.in(folder)) {
            if (!output.isJson()) {
                out.println(partition);
            }
            LogDump.dump(
                    disk,
                    partition.toString(),
                    records,
                    item -> out.println(output.isJson() ? Json.text(members(partition, item)) : item));
        }
        out.flush();
        return 0;
    }

    /// One line of JSON for each item, with the names of its record.
    private static Map<String, Object> members(Path partition, DumpItem item) {
        var members = new LinkedHashMap<String, Object>();
        members.put("folder", partition.toString());
        members.put("kind", item.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        for (RecordComponent component : item.getClass().getRecordComponents()) {
            try {
                members.put(
                        component.getName(),
                        Objects.requireNonNull(component.getAccessor().invoke(item)));
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(component.toString(), impossible);
            }
        }
        return members;
    }
}
