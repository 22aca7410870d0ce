package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Class `connection`: the life of a connection, always on channel 0. `blocked`, `unblocked` and `update-secret` are
/// RabbitMQ's.
public sealed interface ConnectionMethods extends AmqpMethod {
    int CLASS_ID = 10;

    @Override
    default int classId() {
        return CLASS_ID;
    }

    /// The method of this id from its fields, or nothing where the class has none of that id.
    static @Nullable ConnectionMethods decode(int methodId, WireReader in) {
        return switch (methodId) {
            case Start.ID -> Start.decode(in);
            case StartOk.ID -> StartOk.decode(in);
            case Secure.ID -> Secure.decode(in);
            case SecureOk.ID -> SecureOk.decode(in);
            case Tune.ID -> Tune.decode(in);
            case TuneOk.ID -> TuneOk.decode(in);
            case Open.ID -> Open.decode(in);
            case OpenOk.ID -> OpenOk.decode(in);
            case Close.ID -> Close.decode(in);
            case CloseOk.ID -> new CloseOk();
            case Blocked.ID -> Blocked.decode(in);
            case Unblocked.ID -> new Unblocked();
            case UpdateSecret.ID -> UpdateSecret.decode(in);
            case UpdateSecretOk.ID -> new UpdateSecretOk();
            default -> null;
        };
    }

    /// Server to client.
    record Start(
            int versionMajor, int versionMinor, FieldTable serverProperties, LongString mechanisms, LongString locales)
            implements ConnectionMethods {
        static final int ID = 10;

        private static Start decode(WireReader in) {
            int versionMajor = in.uint8();
            int versionMinor = in.uint8();
            FieldTable serverProperties = in.table();
            LongString mechanisms = in.longString();
            LongString locales = in.longString();
            return new Start(versionMajor, versionMinor, serverProperties, mechanisms, locales);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(versionMajor);
            out.writeByte(versionMinor);
            serverProperties.writeTo(out);
            mechanisms.writeTo(out);
            locales.writeTo(out);
        }
    }

    record StartOk(FieldTable clientProperties, String mechanism, LongString response, String locale)
            implements ConnectionMethods {
        static final int ID = 11;

        private static StartOk decode(WireReader in) {
            FieldTable clientProperties = in.table();
            String mechanism = in.shortString();
            LongString response = in.longString();
            String locale = in.shortString();
            return new StartOk(clientProperties, mechanism, response, locale);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            clientProperties.writeTo(out);
            ShortStrings.write(out, mechanism);
            response.writeTo(out);
            ShortStrings.write(out, locale);
        }

        /// Without the secret: whatever writes it down must not write that.
        @Override
        public String toString() {
            return "StartOk[mechanism=" + mechanism + ", clientProperties=" + clientProperties + "]";
        }
    }

    /// Server to client: one more step of the mechanism.
    record Secure(LongString challenge) implements ConnectionMethods {
        static final int ID = 20;

        private static Secure decode(WireReader in) {
            LongString challenge = in.longString();
            return new Secure(challenge);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            challenge.writeTo(out);
        }
    }

    record SecureOk(LongString response) implements ConnectionMethods {
        static final int ID = 21;

        private static SecureOk decode(WireReader in) {
            LongString response = in.longString();
            return new SecureOk(response);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            response.writeTo(out);
        }

        /// Without the secret: whatever writes it down must not write that.
        @Override
        public String toString() {
            return "SecureOk[]";
        }
    }

    /// Server to client: proposals; 0 is no limit, and no heartbeat.
    record Tune(int channelMax, long frameMax, int heartbeatSeconds) implements ConnectionMethods {
        static final int ID = 30;

        private static Tune decode(WireReader in) {
            int channelMax = in.uint16();
            long frameMax = in.uint32();
            int heartbeatSeconds = in.uint16();
            return new Tune(channelMax, frameMax, heartbeatSeconds);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(channelMax);
            out.writeInt((int) frameMax);
            out.writeShort(heartbeatSeconds);
        }
    }

    record TuneOk(int channelMax, long frameMax, int heartbeatSeconds) implements ConnectionMethods {
        static final int ID = 31;

        private static TuneOk decode(WireReader in) {
            int channelMax = in.uint16();
            long frameMax = in.uint32();
            int heartbeatSeconds = in.uint16();
            return new TuneOk(channelMax, frameMax, heartbeatSeconds);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(channelMax);
            out.writeInt((int) frameMax);
            out.writeShort(heartbeatSeconds);
        }
    }

    record Open(String virtualHost) implements ConnectionMethods {
        static final int ID = 40;

        private static Open decode(WireReader in) {
            String virtualHost = in.shortString();
            in.shortString(); // reserved: capabilities
            in.uint8(); // reserved: insist
            return new Open(virtualHost);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, virtualHost);
            out.writeByte(0); // reserved: capabilities
            out.writeByte(0); // reserved: insist
        }
    }

    record OpenOk() implements ConnectionMethods {
        static final int ID = 41;

        private static OpenOk decode(WireReader in) {
            in.shortString(); // reserved: known hosts
            return new OpenOk();
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeByte(0); // reserved: known hosts
        }
    }

    /// Either way. The ids are of the method that failed, or 0.
    record Close(int replyCode, String replyText, int failedClassId, int failedMethodId) implements ConnectionMethods {
        static final int ID = 50;

        private static Close decode(WireReader in) {
            int replyCode = in.uint16();
            String replyText = in.shortString();
            int failedClassId = in.uint16();
            int failedMethodId = in.uint16();
            return new Close(replyCode, replyText, failedClassId, failedMethodId);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            out.writeShort(replyCode);
            ShortStrings.write(out, replyText);
            out.writeShort(failedClassId);
            out.writeShort(failedMethodId);
        }
    }

    record CloseOk() implements ConnectionMethods {
        static final int ID = 51;

        @Override
        public int methodId() {
            return ID;
        }
    }

    /// Server to client: publishes are not read now.
    record Blocked(String reason) implements ConnectionMethods {
        static final int ID = 60;

        private static Blocked decode(WireReader in) {
            String reason = in.shortString();
            return new Blocked(reason);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            ShortStrings.write(out, reason);
        }
    }

    record Unblocked() implements ConnectionMethods {
        static final int ID = 61;

        @Override
        public int methodId() {
            return ID;
        }
    }

    /// Client to server: a new password or token for the same user.
    record UpdateSecret(LongString newSecret, String reason) implements ConnectionMethods {
        static final int ID = 70;

        private static UpdateSecret decode(WireReader in) {
            LongString newSecret = in.longString();
            String reason = in.shortString();
            return new UpdateSecret(newSecret, reason);
        }

        @Override
        public int methodId() {
            return ID;
        }

        @Override
        public void encode(ByteBuf out) {
            newSecret.writeTo(out);
            ShortStrings.write(out, reason);
        }

        /// Without the secret: whatever writes it down must not write that.
        @Override
        public String toString() {
            return "UpdateSecret[reason=" + reason + "]";
        }
    }

    record UpdateSecretOk() implements ConnectionMethods {
        static final int ID = 71;

        @Override
        public int methodId() {
            return ID;
        }
    }
}
