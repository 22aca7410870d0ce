package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How a broker under test is installed and started. A port: the comparison knows no more of a broker than this.
public non-sealed interface BrokerKind extends Contender {
    @Override
    default BrokerProcess launch(Path folder) throws IOException, InterruptedException {
        return BrokerProcess.launch(this, folder);
    }

    /// Makes `folder` ready for a first start, for example by formatting its storage.
    void prepare(Path folder, int port) throws IOException, InterruptedException;

    /// The command that starts it on the prepared folder; its process must become (not fork) the broker's.
    List<String> startCommand(Path folder, int port);

    /// The settings that give a topic this durability.
    Map<String, String> topicConfigs(Durability durability);
}
