package io.millrace.cli.log;

import io.millrace.cli.ExitCode;
import io.millrace.cli.output.Answer;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Missing;
import io.millrace.cli.output.OutputOption;
import io.millrace.log.disk.RealDisk;
import io.millrace.log.inspect.Finding;
import io.millrace.log.inspect.LogVerify;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace log verify`: reads everything and ends with 6 when something is damaged.
@Command(
        name = "verify",
        description = "Check checksums, offsets and indexes of a partition's folder.",
        mixinStandardHelpOptions = true)
final class VerifyLog implements Callable<Integer> {
    /// One partition's folder and what was found in it.
    private record Checked(Path folder, LogVerify.Report report, boolean opened) {
        /// Records are counted only when batches were opened.
        Object records() {
            return opened ? report.records() : Missing.VALUE;
        }
    }

    private static final List<Column<Checked>> COLUMNS = List.of(
            new Column<>("folder", each -> each.folder().getFileName().toString()),
            new Column<>("segments", each -> each.report().segments()),
            new Column<>("batches", each -> each.report().batches()),
            new Column<>("records", Checked::records),
            new Column<>("next", each -> each.report().nextOffset()),
            new Column<>("sound", each -> each.report().isSound()));

    /// For a person: nothing is said of records that were not looked at.
    private static final List<Column<Checked>> UNOPENED =
            COLUMNS.stream().filter(column -> !column.name().equals("records")).toList();

    private static final List<Column<Finding>> FINDINGS = List.of(
            new Column<>("severity", finding -> finding.severity()),
            new Column<>("file", Finding::file),
            new Column<>("position", Finding::position),
            new Column<>("message", Finding::message));

    @Parameters(paramLabel = "FOLDER", description = "Of one partition, or a log directory with many.")
    private Path folder = Path.of("");

    @Option(
            names = {"-r", "--records"},
            description = "Unpack batches and walk their records too.")
    private boolean records;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        var disk = new RealDisk();
        var checked = new ArrayList<Checked>();
        for (Path partition : PartitionFolders.in(folder)) {
            checked.add(new Checked(partition, LogVerify.verify(disk, partition.toString(), records), records));
        }
        Answer answer = output.answer();
        if (output.isJson()) {
            answer.json(checked.stream().map(VerifyLog::members).toList());
        } else {
            answer.table(records ? COLUMNS : UNOPENED, checked);
            for (Checked each : checked) {
                if (!each.report().findings().isEmpty()) {
                    answer.say("");
                    answer.say(each.folder() + ":");
                    answer.table(FINDINGS, each.report().findings());
                }
            }
        }
        boolean sound = checked.stream().allMatch(each -> each.report().isSound());
        return (sound ? ExitCode.OK : ExitCode.UNSOUND).number();
    }

    private static Map<String, Object> members(Checked checked) {
        var members = new LinkedHashMap<String, Object>(
                Answer.objects(COLUMNS, List.of(checked)).getFirst());
        members.put("findings", Answer.objects(FINDINGS, checked.report().findings()));
        return members;
    }
}
