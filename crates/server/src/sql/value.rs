use uuid::Uuid;

/// A value that a statement binds. An absent value has a type, because PostgreSQL compares it with that of the column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A boolean. SQLite stores it as 0 or 1.
    Bool(Option<bool>),
    /// An integer.
    Integer(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// A list of integers. SQLite binds a list as a JSON array.
    Integers(Vec<i64>),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of ids, in hexadecimal in the JSON array of SQLite.
    Ids(Vec<Uuid>),
}

/// A type whose values a statement can bind.
pub(crate) trait ToValue {
    /// The absent value of this type.
    const NULL: Value;

    /// Converts the value.
    fn to_value(self) -> Value;
}

macro_rules! to_value {
    ($($type:ty => $variant:ident($value:ident: $convert:expr)),+ $(,)?) => {$(
        impl ToValue for $type {
            const NULL: Value = Value::$variant(None);

            fn to_value(self) -> Value {
                let $value = self;
                Value::$variant(Some($convert))
            }
        }
    )+};
}

to_value! {
    bool => Bool(value: value),
    i32 => Integer(value: value.into()),
    i64 => Integer(value: value),
    u32 => Integer(value: value.into()),
    String => Text(value: value),
    &String => Text(value: value.clone()),
    &str => Text(value: value.to_owned()),
    Vec<u8> => Bytes(value: value),
    &Vec<u8> => Bytes(value: value.clone()),
    &[u8] => Bytes(value: value.to_vec()),
}

/// A list is never absent.
impl ToValue for Vec<i64> {
    const NULL: Value = Value::Integers(Vec::new());

    fn to_value(self) -> Value {
        Value::Integers(self)
    }
}

impl<const N: usize> ToValue for &[u8; N] {
    const NULL: Value = Value::Bytes(None);

    fn to_value(self) -> Value {
        Value::Bytes(Some(self.to_vec()))
    }
}

impl<T: ToValue> ToValue for Option<T> {
    const NULL: Value = T::NULL;

    fn to_value(self) -> Value {
        self.map_or(T::NULL, T::to_value)
    }
}
