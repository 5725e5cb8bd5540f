import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';

interface Person {
  id: string;
  name: string;
}

/** A stand-in for the host's own sign-in. */
export function SignIn() {
  const [people, setPeople] = useState<Person[]>([]);
  const navigate = useNavigate();
  useEffect(() => {
    void fetch('/api/v1/demo/people')
      .then((response) => response.json())
      .then(setPeople);
  }, []);
  const signIn = async ({ id }: Person) => {
    await fetch('/api/v1/demo/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: id, bearer: false }),
    });
    await navigate('/team');
  };
  return (
    <section className="start">
      <h1>Welkom bij Orbit</h1>
      <p>Wie ben je?</p>
      {people.map((person) => (
        <button key={person.id} type="button" onClick={() => void signIn(person)}>
          {person.name}
        </button>
      ))}
    </section>
  );
}
