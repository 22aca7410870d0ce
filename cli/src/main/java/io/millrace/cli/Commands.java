package io.millrace.cli;

import io.millrace.cli.bench.BenchCommand;
import io.millrace.cli.cluster.local.LocalClusterCommand;
import io.millrace.cli.config.ConfigCommand;
import io.millrace.cli.doctor.DoctorCommand;
import io.millrace.cli.experiment.ExperimentCommand;
import io.millrace.cli.group.GroupCommand;
import io.millrace.cli.log.LogCommand;
import io.millrace.cli.record.ConsumeCommand;
import io.millrace.cli.record.Outlet;
import io.millrace.cli.record.ProduceCommand;
import io.millrace.cli.start.StartCommand;
import io.millrace.cli.topic.TopicCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/// The table of subcommands. Only the one that is asked for is made, since picocli reads every command's annotations:
/// the whole tree would cost each start some hundred milliseconds.
final class Commands {
    private Commands() {}

    private static Map<String, Supplier<Object>> table(Outlet outlet) {
        var table = new LinkedHashMap<String, Supplier<Object>>();
        table.put("start", StartCommand::new);
        table.put("topic", TopicCommand::new);
        table.put("produce", ProduceCommand::new);
        table.put("consume", () -> new ConsumeCommand(outlet));
        table.put("group", GroupCommand::new);
        table.put("log", LogCommand::new);
        table.put("config", ConfigCommand::new);
        table.put("local-cluster", LocalClusterCommand::new);
        table.put("experiment", ExperimentCommand::new);
        table.put("bench", BenchCommand::new);
        table.put("doctor", DoctorCommand::new);
        table.put("version", VersionCommand::new);
        table.put("completion", CompletionCommand::new);
        return table;
    }

    /// The command line for these arguments.
    ///
    /// @param outlet where records go; everything else is text and goes to the command line's own writers
    static CommandLine of(Outlet outlet, String... args) {
        Map<String, Supplier<Object>> table = table(outlet);
        Supplier<Object> only = args.length == 0 ? null : table.get(args[0]);
        var line = new CommandLine(new MillraceCommand());
        if (only == null || args[0].equals("completion")) {
            table.forEach((name, command) -> line.addSubcommand(name, command.get()));
        } else {
            line.addSubcommand(args[0], only.get());
        }
        return configured(line, new Complaints(args));
    }

    private static CommandLine configured(CommandLine line, Complaints complaints) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExpandAtFiles(false); // a topic or a header may begin with @
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler((wrong, words) -> complaints.misunderstood(wrong));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> complaints.failed(thrown, command));
        return line;
    }
}
