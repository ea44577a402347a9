-- Copyright (c) 2026 the coropq authors
-- Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

-- Every kind of thing, with every name that is easily taken for something else.

set client_min_messages to warning;

create function make_all(name text, schema text, with_keys boolean) returns void language plpgsql as $$
begin
    execute format('create schema if not exists %I', schema);
    execute format('create table %2$I.%1$I (%1$I int constraint %5$I primary key, "id" int, t text default %1$L, '
        'c int check (c > 0), r int, constraint %3$I unique (t), '
        'constraint %4$I check (%1$I > 0))', name, schema, left('u' || name, 60), left('c' || name, 60), left('p' || name, 60));
    execute format('comment on table %2$I.%1$I is %1$L', name, schema);
    execute format('comment on column %2$I.%1$I.%1$I is %1$L', name, schema);
    execute format('create index %3$I on %2$I.%1$I (%1$I, lower(t), t desc) where %1$I > 0', name, schema,
        left('i' || name, 60));
    execute format('create view %2$I.%3$I as select %1$I as %3$I, t from %2$I.%1$I', name, schema, left('v' || name, 60));
    execute format('create type %2$I.%3$I as enum (%1$L, ''other'')', name, schema, left('e' || name, 60));
    execute format('create domain %2$I.%3$I as text default %1$L constraint %1$I check (value <> %1$L)', name, schema,
        left('d' || name, 60));
    execute format('create sequence %2$I.%3$I', name, schema, left('s' || name, 60));
    execute format('create table %2$I.%3$I (e %2$I.%4$I default ''other'', d %2$I.%5$I, ea %2$I.%4$I[], x int)', name, schema, left('t' || name, 60),
        left('e' || name, 60), left('d' || name, 60));
    if with_keys then
        execute format('alter table %2$I.%1$I add foreign key (r) references %2$I.%1$I', name, schema);
        execute format('alter table %2$I.%3$I add constraint %1$I foreign key (x) references %2$I.%1$I', name, schema,
            left('t' || name, 60));
    end if;
end $$;
-- SQLAlchemy reads no foreign key of a schema with one to a table whose name has a quote or a line break in it: such
-- keys are in the last schema only.
select make_all(name, schema, name !~ '["\n]')
from (values ('Upper Case'), ('a.b'), ('a"b'), ('a''b'), ('a\b'), ('50%'), ('a%b_c'), ('%s'), ('%(x)s'), ('$1'), (':name'),
      ('a,b'), ('{a}'), ('(a)'), ('[a]'), ('a;--'), ('/*'), ('select'), (' '), (E'a\nb'), ('äÖ'), ('🐘 emoji'), ('null'),
      ('"quoted"'), (repeat('x', 60)), ('İ'), ('back`tick'), ('#1'), ('a@b')) as n(name),
    (values ('public'), ('The schema. 100%')) as s(schema);
select make_all(name, 'all "quoted"', true) from (values ('a"b'), (E'a\nb'), ('plain')) as n(name);
create table "the name of this table is as long as it may be: 63 bytes, no...." (a int);
create table "the name of this column" ("the name of this column is as long as it may be: 63 bytes, no..." int);
drop function make_all(text, text, boolean);
