%% A peer of the mailbox experiment: Erlang processes that add up amounts, asked and told as the others are.
%%
%%   erlc mailbox.erl && erl -noshell -run mailbox main ROW SIZE SAMPLE_MS WARM_UP_MS
%%
%% An ask is a message with a reference and the wait for its answer, without a deadline and without a monitor: less than
%% what gen_server:call does. Amounts go 1 to 1000 and begin again.

-module(mailbox).
-export([main/1]).

-define(AMOUNT_MAX, 1000).
-define(BATCH, 1000).
-define(STARTED_AT_ONCE, 1000).
-define(HELD_IN_WARM_UP, 1000).
-define(WARMED_MAX, 100000).
-define(TIMED_MAX, 300000).
-define(NO_MAX, 1 bsl 60).

main([Row, Size, SampleMs, WarmUpMs]) ->
    Times = {list_to_integer(SampleMs), list_to_integer(WarmUpMs)},
    io:format("~s~n", [work(Row, list_to_integer(Size), Times)]),
    halt(0).

work("ask", _, Times) ->
    Counter = start_counter(),
    answered_row(fun(Sent) -> ask_in_sequence(Counter, Sent, ?BATCH, 0) end, Counter, Times);
work("in-flight", Size, Times) ->
    Counter = start_counter(),
    answered_row(fun(Sent) -> ask_in_flight(Counter, Sent, Size) end, Counter, Times);
work("chain", _, Times) ->
    Last = start_counter(),
    Middle = spawn(fun() -> relay(Last) end),
    First = spawn(fun() -> relay(Middle) end),
    answered_row(fun(Sent) -> ask_in_sequence(First, Sent, ?BATCH, 0) end, Last, Times);
work("tell", Size, Times) ->
    %% Room for a burst: a receiver whose heap grows and shrinks with each is a third slower.
    Counter = spawn_opt(fun() -> counter(0, 0) end, [{min_heap_size, 20000}]),
    Batch = fun(Sent) ->
        tell(Counter, Sent, Size),
        {Count, _} = totals(Counter),
        Count = Sent + Size,
        {Count, 0}
    end,
    {Operations, Seconds, Sent, _} = rate(Batch, Times, {?NO_MAX, ?NO_MAX}),
    sample(Operations, Seconds, Sent, [totals(Counter)], "");
work("activation", Size, Times) ->
    put(started, []),
    Batch = fun(Sent) ->
        {Pids, Sum} = start_and_ask(Sent, Size),
        put(started, [Pids | get(started)]),
        {Sent + Size, Sum}
    end,
    {Operations, Seconds, Sent, Sum} = rate(Batch, Times, {?WARMED_MAX, ?TIMED_MAX}),
    sample(Operations, Seconds, Sent, [{Sent, Sum}, totals_of(lists:append(get(started)))], "");
work("memory", Size, _) ->
    {Warm, WarmSum} = start_and_ask(0, ?HELD_IN_WARM_UP),
    _ = totals_of(Warm),
    {Heap, Resident} = memory_in_use(),
    StartedAt = erlang:monotonic_time(),
    {Pids, Sum} = start_many(?HELD_IN_WARM_UP, Size, [], WarmSum),
    Seconds = seconds_since(StartedAt),
    {HeapAfter, ResidentAfter} = memory_in_use(),
    Memory = io_lib:format(",\"heapBytes\":~b,\"residentBytes\":~b,\"processBytes\":~b",
                           [HeapAfter - Heap, ResidentAfter - Resident, ResidentAfter]),
    Sent = ?HELD_IN_WARM_UP + Size,
    sample(Size, Seconds, Sent, [{Sent, Sum}, totals_of(Warm ++ Pids)], Memory).

answered_row(Batch, Counter, Times) ->
    {Operations, Seconds, Sent, Sum} = rate(Batch, Times, {?NO_MAX, ?NO_MAX}),
    sample(Operations, Seconds, Sent, [{Sent, Sum}, totals(Counter)], "").

%% Batches until the time is over: first to warm up, then timed. A batch is given what was sent so far, and returns
%% what has been sent now and the sum of the answers.
rate(Batch, {SampleMs, WarmUpMs}, {WarmedMax, TimedMax}) ->
    {Warmed, WarmSum} = batches(Batch, deadline(WarmUpMs), WarmedMax, 0, 0),
    erlang:garbage_collect(),
    StartedAt = erlang:monotonic_time(),
    {Sent, Sum} = batches(Batch, deadline(SampleMs), Warmed + TimedMax, Warmed, WarmSum),
    {Sent - Warmed, seconds_since(StartedAt), Sent, Sum}.

batches(Batch, Deadline, SentMax, Sent, Sum) ->
    {SentNow, Answered} = Batch(Sent),
    case SentNow >= SentMax orelse erlang:monotonic_time() >= Deadline of
        true -> {SentNow, Sum + Answered};
        false -> batches(Batch, Deadline, SentMax, SentNow, Sum + Answered)
    end.

ask_in_sequence(_, Sent, 0, Sum) ->
    {Sent, Sum};
ask_in_sequence(Pid, Sent, Left, Sum) ->
    ask_in_sequence(Pid, Sent + 1, Left - 1, Sum + ask(Pid, amount(Sent))).

ask(Pid, Amount) ->
    Reference = make_ref(),
    Pid ! {add, self(), Reference, Amount},
    receive {Reference, Answer} -> Answer end.

ask_in_flight(Pid, Sent, Size) ->
    References = send_asks(Pid, Sent, Size),
    {Sent + Size, take_answers(References, 0)}.

send_asks(_, _, 0) ->
    [];
send_asks(Pid, Sent, Left) ->
    Reference = make_ref(),
    Pid ! {add, self(), Reference, amount(Sent)},
    [Reference | send_asks(Pid, Sent + 1, Left - 1)].

take_answers([], Sum) ->
    Sum;
take_answers([Reference | References], Sum) ->
    receive {Reference, Answer} -> take_answers(References, Sum + Answer) end.

tell(_, _, 0) ->
    ok;
tell(Pid, Sent, Left) ->
    Pid ! {put, amount(Sent)},
    tell(Pid, Sent + 1, Left - 1).

%% Each has handled one message, all of them in flight.
start_and_ask(Sent, Size) ->
    Asked = start_asked(Sent, Size),
    Sum = take_answers([Reference || {_, Reference} <- Asked], 0),
    {[Pid || {Pid, _} <- Asked], Sum}.

start_asked(_, 0) ->
    [];
start_asked(Sent, Left) ->
    Pid = start_counter(),
    Reference = make_ref(),
    Pid ! {add, self(), Reference, amount(Sent)},
    [{Pid, Reference} | start_asked(Sent + 1, Left - 1)].

start_many(_, 0, Pids, Sum) ->
    {Pids, Sum};
start_many(Sent, Left, Pids, Sum) ->
    Size = min(Left, ?STARTED_AT_ONCE),
    {Started, Answered} = start_and_ask(Sent, Size),
    start_many(Sent + Size, Left - Size, Started ++ Pids, Sum + Answered).

totals(Pid) ->
    Reference = make_ref(),
    Pid ! {totals, self(), Reference},
    receive {Reference, Count, Sum} -> {Count, Sum} end.

totals_of(Pids) ->
    lists:foldl(fun(Pid, {Count, Sum}) -> {C, S} = totals(Pid), {Count + C, Sum + S} end, {0, 0}, Pids).

start_counter() ->
    spawn(fun() -> counter(0, 0) end).

counter(Count, Sum) ->
    receive
        {add, From, Reference, Amount} ->
            From ! {Reference, Amount},
            counter(Count + 1, Sum + Amount);
        {put, Amount} ->
            counter(Count + 1, Sum + Amount);
        {totals, From, Reference} ->
            From ! {Reference, Count, Sum},
            counter(Count, Sum)
    end.

relay(Next) ->
    receive
        {add, From, Reference, Amount} ->
            From ! {Reference, ask(Next, Amount)},
            relay(Next)
    end.

amount(Sent) ->
    Sent rem ?AMOUNT_MAX + 1.

deadline(Ms) ->
    erlang:monotonic_time() + erlang:convert_time_unit(Ms, millisecond, native).

seconds_since(StartedAt) ->
    erlang:convert_time_unit(erlang:monotonic_time() - StartedAt, native, nanosecond) / 1.0e9.

%% All that the virtual machine has allocated, and what the kernel has given the process.
memory_in_use() ->
    erlang:garbage_collect(),
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+) kB", [{capture, all_but_first, list}]),
    {erlang:memory(total), list_to_integer(Kilobytes) * 1024}.

sample(Operations, Seconds, Sent, Counted, Memory) ->
    Places = [io_lib:format("{\"count\":~b,\"sum\":~b}", [Count, Sum]) || {Count, Sum} <- Counted],
    io_lib:format("{\"operations\":~b,\"seconds\":~.9f,\"sent\":~b,\"counted\":[~s]~s}",
                  [Operations, Seconds, Sent, lists:join(",", Places), Memory]).
