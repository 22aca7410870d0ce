package io.millrace.server.partition;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.MemoryDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk in memory behind which a fault of ours can be put: calls that name a path then throw what no disk throws.
final class FaultyDisk {
    private final MemoryDisk memory;
    private final AtomicInteger probes = new AtomicInteger();
    private volatile String faultyCall = "";
    private volatile String faultyPath = "";

    FaultyDisk(MemoryDisk memory) {
        this.memory = memory;
    }

    /// From now on `call` throws for every path that contains `pathPart`.
    void fault(String call, String pathPart) {
        faultyPath = pathPart;
        faultyCall = call;
    }

    void heal() {
        faultyCall = "";
    }

    /// How often a log has asked whether the disk takes writes again.
    int probes() {
        return probes.get();
    }

    Disk disk() {
        return (Disk) Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    String path = arguments == null ? "" : String.valueOf(arguments[0]);
                    if (method.getName().equals("create") && path.endsWith("space.probe")) {
                        probes.incrementAndGet();
                    }
                    if (method.getName().equals(faultyCall) && path.contains(faultyPath)) {
                        throw new IllegalStateException("a fault of ours at " + path);
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
