package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;

/// Values to bytes, each behind its letter.
final class TableWriter {
    private TableWriter() {}

    static void write(ByteBuf out, FieldValue value) {
        switch (value) {
            case FieldValue.Text text -> text.value().writeTo(out.writeByte('S'));
            case FieldValue.Binary binary -> binary.value().writeTo(out.writeByte('x'));
            case FieldValue.Bool bool -> out.writeByte('t').writeBoolean(bool.value());
            case FieldValue.Int number -> writeInt(out.writeByte(number.type().letter()), number);
            case FieldValue.Float32 number -> out.writeByte('f').writeInt(Float.floatToRawIntBits(number.value()));
            case FieldValue.Float64 number -> out.writeByte('d').writeLong(Double.doubleToRawLongBits(number.value()));
            case FieldValue.Decimal decimal ->
                out.writeByte('D').writeByte(decimal.scale()).writeInt((int) decimal.unscaled());
            case FieldValue.Timestamp timestamp -> out.writeByte('T').writeLong(timestamp.seconds());
            case FieldValue.Table table -> table.value().writeTo(out.writeByte('F'));
            case FieldValue.Array array -> writeArray(out.writeByte('A'), array);
            case FieldValue.Nothing nothing -> out.writeByte('V');
        }
    }

    private static void writeInt(ByteBuf out, FieldValue.Int number) {
        switch (number.type().bytes()) {
            case 1 -> out.writeByte((int) number.value());
            case 2 -> out.writeShort((int) number.value());
            case 4 -> out.writeInt((int) number.value());
            default -> out.writeLong(number.value());
        }
    }

    private static void writeArray(ByteBuf out, FieldValue.Array array) {
        int lengthAt = out.writerIndex();
        out.writeInt(0);
        for (FieldValue value : array.values()) {
            write(out, value);
        }
        out.setInt(lengthAt, out.writerIndex() - lengthAt - Integer.BYTES);
    }
}
