package io.millrace.cli.user;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace user`: says what there is.
@Command(
        name = "user",
        description = "List, add and delete users; set passwords and permissions.",
        mixinStandardHelpOptions = true,
        subcommands = {ListUsers.class, AddUser.class, SetPassword.class, UserPermissions.class, DeleteUsers.class})
public final class UserCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which user command?");
    }
}
