package io.millrace.cli.doctor;

import io.millrace.cli.ExitCode;
import io.millrace.cli.config.ConfigOption;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.OutputOption;
import io.millrace.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace doctor`: looks at everything a node needs from its machine; ends with 6 when a node could not run here.
@Command(
        name = "doctor",
        description = "Check whether this machine suits a node: JDK, limits, disks, clock, ports.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final List<Column<Diagnosis>> COLUMNS = List.of(
            new Column<>("what", Diagnosis::what),
            new Column<>("verdict", each -> each.verdict().name().toLowerCase(Locale.ROOT)),
            new Column<>("found", Diagnosis::found),
            new Column<>("advice", Diagnosis::advice));

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        ServerConfig server = config.load().config();
        var found = new ArrayList<>(MachineLook.all());
        for (String directory : server.storage().directories()) {
            found.addAll(new DiskLook(Path.of(directory)).all());
            found.add(new StrayLook(Path.of(directory)).look());
        }
        found.add(PortLook.at("listeners.kafka", server.listeners().kafka()));
        found.add(PortLook.at("listeners.amqp", server.listeners().amqp()));
        found.add(PortLook.at("listeners.management", server.listeners().management()));
        found.add(PortLook.at("listeners.http", server.listeners().http()));
        output.answer().rows(COLUMNS, found);
        boolean sound = found.stream().noneMatch(each -> each.verdict() == Diagnosis.Verdict.BAD);
        return (sound ? ExitCode.OK : ExitCode.UNSOUND).number();
    }
}
