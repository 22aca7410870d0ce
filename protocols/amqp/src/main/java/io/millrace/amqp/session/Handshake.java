package io.millrace.amqp.session;

import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.VhostName;
import java.util.Optional;

/// From the protocol header to an open connection (section 2.2.4): start, tune, open. What comes out of turn ends the
/// connection without a word, as RabbitMQ does: the client has not shown yet that it may ask for anything.
///
/// Owned by: one connection's loop.
final class Handshake {
    /// The account that every new cluster has lets in from this machine only.
    private static final String LOOPBACK_USER = "guest";

    private final Connection connection;
    private final AmqpConfig config;
    private Awaited awaited = Awaited.START_OK;

    Handshake(Connection connection) {
        this.connection = connection;
        this.config = connection.config();
    }

    private enum Awaited {
        START_OK,
        TUNE_OK,
        OPEN
    }

    /// What follows from a method.
    sealed interface Next {
        record GoOn() implements Next {}

        record Opened() implements Next {}

        /// The end, without a frame.
        record HangUp(String why) implements Next {}
    }

    private static final Next GO_ON = new Next.GoOn();

    void start() {
        connection.send(
                0,
                new ConnectionMethods.Start(
                        0,
                        9,
                        connection.serverProperties(),
                        Login.mechanisms(!connection.peer().certificateName().isEmpty()),
                        connection.locales()));
    }

    /// @throws Refused when the client is told why: a refused login, a virtual host that is not there or not for it
    Next on(AmqpMethod method) throws Refused {
        return switch (awaited) {
            case START_OK ->
                method instanceof ConnectionMethods.StartOk startOk ? onStartOk(startOk) : outOfTurn(method);
            case TUNE_OK -> method instanceof ConnectionMethods.TuneOk tuneOk ? onTuneOk(tuneOk) : outOfTurn(method);
            case OPEN -> method instanceof ConnectionMethods.Open open ? onOpen(open) : outOfTurn(method);
        };
    }

    private Next onStartOk(ConnectionMethods.StartOk startOk) throws Refused {
        Client client = Client.of(startOk.clientProperties());
        String certificateName = connection.peer().certificateName();
        boolean isExternal = startOk.mechanism().equals(Login.EXTERNAL) && !certificateName.isEmpty();
        Optional<Login> login = isExternal
                ? Optional.of(new Login(certificateName, LongString.of("")))
                : Login.read(startOk.mechanism(), startOk.response());
        if (login.isEmpty()) {
            return new Next.HangUp("no login by mechanism " + startOk.mechanism());
        }
        Optional<UserView> user = user(login.get(), isExternal);
        if (user.isEmpty()) {
            if (!client.hearsRefusedLogin()) {
                return new Next.HangUp("login of '" + login.get().user() + "' refused");
            }
            throw Refused.accessRefused("Login was refused using authentication mechanism " + startOk.mechanism()
                    + ". For details see the broker logfile.");
        }
        connection.loggedIn(user.get().name(), startOk.mechanism(), client);
        awaited = Awaited.TUNE_OK;
        connection.send(
                0, new ConnectionMethods.Tune(config.channelMax(), config.frameMax(), config.heartbeatSeconds()));
        return GO_ON;
    }

    /// @param isProven whether the name needs no password
    private Optional<UserView> user(Login login, boolean isProven) {
        if (login.user().equals(LOOPBACK_USER) && !connection.peer().isLoopback()) {
            return Optional.empty();
        }
        return connection
                .ports()
                .topology()
                .topology()
                .user(login.user())
                .filter(user -> isProven
                        || connection
                                .ports()
                                .passwords()
                                .matches(user, login.password().octets()));
    }

    private Next onTuneOk(ConnectionMethods.TuneOk tuneOk) {
        long frameMax = tuneOk.frameMax();
        int channelMax = tuneOk.channelMax();
        if (frameMax < FrameReader.FRAME_MAX_LOWEST || frameMax > config.frameMax()) {
            return new Next.HangUp("frame-max " + frameMax + " is not one of " + FrameReader.FRAME_MAX_LOWEST + " to "
                    + config.frameMax());
        }
        if (channelMax < 1 || channelMax > config.channelMax()) {
            return new Next.HangUp("channel-max " + channelMax + " is not one of 1 to " + config.channelMax());
        }
        connection.tuned(channelMax, (int) frameMax, tuneOk.heartbeatSeconds());
        awaited = Awaited.OPEN;
        return GO_ON;
    }

    private Next onOpen(ConnectionMethods.Open open) throws Refused {
        VhostName name = new VhostName(open.virtualHost());
        VhostView vhost = connection
                .ports()
                .topology()
                .topology()
                .vhost(name)
                .orElseThrow(() -> Refused.notAllowed("vhost " + name + " not found"));
        if (vhost.permission(connection.user()).isEmpty()) {
            throw Refused.notAllowed("access to vhost '" + name + "' refused for user '" + connection.user() + "'");
        }
        connection.enter(name);
        connection.send(0, new ConnectionMethods.OpenOk());
        return new Next.Opened();
    }

    private Next outOfTurn(AmqpMethod method) {
        return new Next.HangUp(
                "method " + method.classId() + "." + method.methodId() + " where " + awaited + " is due");
    }
}
