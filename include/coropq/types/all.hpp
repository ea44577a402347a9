// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_ALL_HPP
#define COROPQ_TYPES_ALL_HPP

// Every type that can be a parameter or be read from a column, but for those of Boost.JSON (<coropq/types/json.hpp>)
// and Boost.Multiprecision (<coropq/types/multiprecision.hpp>), which take long to compile.

#include <coropq/types/array.hpp>
#include <coropq/types/bit_string.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/composite.hpp>
#include <coropq/types/date_time.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/enumeration.hpp>
#include <coropq/types/geometry.hpp>
#include <coropq/types/hstore.hpp>
#include <coropq/types/identifiers.hpp>
#include <coropq/types/money.hpp>
#include <coropq/types/network.hpp>
#include <coropq/types/range.hpp>
#include <coropq/types/scalar_codecs.hpp>
#include <coropq/types/type_name.hpp>
#include <coropq/types/uuid.hpp>
#include <coropq/types/variant.hpp>

#endif
