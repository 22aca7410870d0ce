package io.millrace.cli.client;

import io.millrace.cli.output.Answer;
import io.millrace.cli.output.OutputOption;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/// What every command has that asks or changes a cluster and answers: where it is, and in what form to say it.
public final class AdminOption {
    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    /// As [ClientOption#admin()].
    public Admin admin() {
        return client.admin();
    }

    public boolean isJson() {
        return output.isJson();
    }

    public Answer answer() {
        return output.answer();
    }

    /// As [OutputOption#mention(String)].
    public void mention(String sentence) {
        output.mention(sentence);
    }

    /// As [OutputOption#misused(String)].
    public ParameterException misused(String why) {
        return output.misused(why);
    }
}
